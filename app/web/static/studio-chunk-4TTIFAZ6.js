import{i as e}from"/studio/studio-chunk-2U3VRMPK.js";var s=e(!1);export{s as a};
