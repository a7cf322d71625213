import{i as l}from"/studio/studio-chunk-2U3VRMPK.js";var t=l(null);export{t as a};
