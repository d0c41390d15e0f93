var a = {b:[1,-2.5e3,true,null,undefined,],"c" : {}}; // end
a.b='\x41\ud83d\ude00\0\
x'/* */