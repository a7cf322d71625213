import{i as e}from"/studio/studio-chunk-SLNATSUA.js";var p=e(!1);export{p as a};
