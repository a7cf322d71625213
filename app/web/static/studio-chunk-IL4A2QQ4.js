import{i as l}from"/studio/studio-chunk-MGMLFEFY.js";var t=l(null);export{t as a};
