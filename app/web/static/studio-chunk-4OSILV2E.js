import{i as e}from"/studio/studio-chunk-VKOC3U6S.js";var p=e(!1);export{p as a};
