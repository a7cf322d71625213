import{i as e}from"/studio/studio-chunk-JH2EZ2VA.js";var p=e(!1);export{p as a};
