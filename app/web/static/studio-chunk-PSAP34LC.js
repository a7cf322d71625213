import{i as l}from"/studio/studio-chunk-Z2HMF4QV.js";var t=l(null);export{t as a};
