import{b as e}from"/studio/studio-chunk-XW5CEI2I.js";async function n(s,r){let t=new FormData;return t.append("image",s,r),(await e("/v1/assets",{form:t})).value}export{n as a};
