import{i as e}from"/studio/studio-chunk-SLNATSUA.js";var s=e(!1);export{s as a};
