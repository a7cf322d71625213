import{b as e}from"/studio/studio-chunk-EGYRFBQO.js";async function n(s,r){let t=new FormData;return t.append("image",s,r),(await e("/v1/assets",{form:t})).value}export{n as a};
