import{i as e}from"/studio/studio-chunk-2U3VRMPK.js";var p=e(!1);export{p as a};
