import{i as e}from"/studio/studio-chunk-2QVOWN5J.js";var p=e(!1);export{p as a};
