import{i as e}from"/studio/studio-chunk-OOOL7UGK.js";var p=e(!1);export{p as a};
