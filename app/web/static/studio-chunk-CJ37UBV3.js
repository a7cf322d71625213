import{i as e}from"/studio/studio-chunk-5KHE2IA7.js";var p=e(!1);export{p as a};
