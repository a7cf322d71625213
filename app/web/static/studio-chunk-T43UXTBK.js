import{i as l}from"/studio/studio-chunk-VCOFO2ZG.js";var t=l(null);export{t as a};
