import{i as e}from"/studio/studio-chunk-XD3X66MW.js";var p=e(!1);export{p as a};
