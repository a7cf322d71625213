import{i as l}from"/studio/studio-chunk-GAWAJRDC.js";var t=l(null);export{t as a};
