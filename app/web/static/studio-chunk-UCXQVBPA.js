import{i as e}from"/studio/studio-chunk-Z2HMF4QV.js";var p=e(!1);export{p as a};
