import{i as l}from"/studio/studio-chunk-VKOC3U6S.js";var t=l(null);export{t as a};
