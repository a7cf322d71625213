import{i as l}from"/studio/studio-chunk-XD3X66MW.js";var t=l(null);export{t as a};
