<<<<<<<< HEAD:app/web/static/studio-chunk-FAZ2PSBH.js
import{i as n}from"/studio/studio-chunk-5KHE2IA7.js";var t=n({text:"",n:0});function o(e){t.value={text:e,n:t.peek().n+1}}export{t as a,o as b};
========
import{i as n}from"/studio/studio-chunk-6RCEXZ7Q.js";var t=n({text:"",n:0});function o(e){t.value={text:e,n:t.peek().n+1}}export{t as a,o as b};
>>>>>>>> 1fa4e7c (A scene is exported as JSON: where each layer lies, how it is laid over others, and where its picture is, the same bytes for the same layers):app/web/static/studio-chunk-OK6CNQFN.js
