import{i as l}from"/studio/studio-chunk-SLNATSUA.js";var t=l(null);export{t as a};
