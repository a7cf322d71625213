import{i as n}from"/studio/studio-chunk-SLNATSUA.js";var t=n({text:"",n:0});function o(e){t.value={text:e,n:t.peek().n+1}}export{t as a,o as b};
