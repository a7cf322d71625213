import{i as l}from"/studio/studio-chunk-GBRTRRH4.js";var t=l(null);export{t as a};
