import{i as l}from"/studio/studio-chunk-WZRXR7ZV.js";var t=l(null);export{t as a};
