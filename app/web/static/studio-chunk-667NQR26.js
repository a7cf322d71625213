import{i as e}from"/studio/studio-chunk-5KHE2IA7.js";var s=e(!1);export{s as a};
