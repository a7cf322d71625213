import{i as l}from"/studio/studio-chunk-6JY57JSM.js";var t=l(null);export{t as a};
