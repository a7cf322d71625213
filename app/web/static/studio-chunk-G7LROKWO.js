import{i as l}from"/studio/studio-chunk-4WWG2DG3.js";var t=l(null);export{t as a};
