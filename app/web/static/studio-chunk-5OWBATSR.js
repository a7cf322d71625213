<<<<<<<< HEAD:app/web/static/studio-chunk-5OWBATSR.js
import{i as e}from"/studio/studio-chunk-5KHE2IA7.js";var a=e("move"),m=e(null),t=e([]),o=e(null),l=e(null),n=e(null),r=e(!1),p=e(null);function s(){t.value=[],o.value=null,l.value=null,n.value=null,r.value=!1}export{a,m as b,t as c,o as d,l as e,n as f,r as g,p as h,s as i};
========
import{i as e}from"/studio/studio-chunk-6RCEXZ7Q.js";var a=e("move"),m=e(null),t=e([]),o=e(null),l=e(null),n=e(null),r=e(!1),p=e(null);function s(){t.value=[],o.value=null,l.value=null,n.value=null,r.value=!1}export{a,m as b,t as c,o as d,l as e,n as f,r as g,p as h,s as i};
>>>>>>>> 1fa4e7c (A scene is exported as JSON: where each layer lies, how it is laid over others, and where its picture is, the same bytes for the same layers):app/web/static/studio-chunk-FCIBMBTT.js
