import{i as e}from"/studio/studio-chunk-OMGNCRJ6.js";var p=e(!1);export{p as a};
