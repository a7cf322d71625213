import{i as l}from"/studio/studio-chunk-OMGNCRJ6.js";var t=l(null);export{t as a};
