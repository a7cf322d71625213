import{i as l}from"/studio/studio-chunk-JH2EZ2VA.js";var t=l(null);export{t as a};
