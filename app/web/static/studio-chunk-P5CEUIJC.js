import{i as l}from"/studio/studio-chunk-TYGN5VMH.js";var t=l(null);export{t as a};
