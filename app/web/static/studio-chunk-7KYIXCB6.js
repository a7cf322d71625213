import{i as l}from"/studio/studio-chunk-2QVOWN5J.js";var t=l(null);export{t as a};
