import{i as l}from"/studio/studio-chunk-OOOL7UGK.js";var t=l(null);export{t as a};
