import{i as l}from"/studio/studio-chunk-6RCEXZ7Q.js";var t=l(null);export{t as a};
