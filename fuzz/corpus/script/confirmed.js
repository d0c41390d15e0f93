window.code=200;
window.redirect_uri="https://wx.example/p?ticket=A1@q_0&uuid=gd==&scan=1";