import{i as e}from"/studio/studio-chunk-6RCEXZ7Q.js";var p=e(!1);export{p as a};
