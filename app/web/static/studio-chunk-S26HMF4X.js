import{i as l}from"/studio/studio-chunk-5KHE2IA7.js";var t=l(null);export{t as a};
