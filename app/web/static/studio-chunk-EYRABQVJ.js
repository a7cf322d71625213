import{i as e}from"/studio/studio-chunk-4WWG2DG3.js";var p=e(!1);export{p as a};
