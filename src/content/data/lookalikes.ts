// Made by dev/content-tables/generate.py; do not edit.

/** Characters which their Unicode name calls a form of a Latin letter and UTS #39 leaves out. */
export const PACKED_LOOKALIKES = `
2p fu,5ae,3z,2xi,2hgr,w,3a
2q ao,2,1,5c,2e,57u,2x,k,r9y,1,1t4q,w,3a
2r av,1,4z,1,p,59r,rda,1,1,1c,1pi1,3lh,w,3a
2s az,1,45,5b8,2w,k,g,r8o,1,25,1,1t3f,w,3a
2t g6,1,5a8,3v,2xy,3,p13,1,1,1sf4,w,3a
2u 5ta,k,r72,23,1,s,1,1t4s,w,3a
2v b7,29,1,3f,1,1,1l,5b2,a,r96,z,1,b,p6,1oss,3mc,w,3a
2w h2,1i,897,1,obx,l,1t4d,w,3a
2x bb,5t,2,5d8,2gsk,3lq,w,3a
2y g8,1,2c,57x,re0,1t47,w,3a
2z 5qj,3d,2xx,1,o9i,1,1,1,1,1,2l,1,1pil,3m2,w,3a
30 be,4a,9,1a,1,1,1e,57x,3d,2xn,1,1,o9y,1,1x,v,p6,1,1,1osr,d,2,3m0,w,3a
31 hd,598,2q,n,2y0,oek,n4,1sf6,w,3a
32 bh,1,3m,l,1p,1,1,596,2q,n,r9l,1,j,1,pi,1sf6,w,3a
33 bj,5y,596,2,2,31j,o9c,1,1,1,s0,1,1ot9,3lv,w,3a
34 bo,1,5f7,2h,c,b,2xn,oa5,1,1,1,1,1,1t6y,w,b,2z
35 ga,1,2d,wja,1,1,1,2e,1t4h,w,3a
36 gc,1,1b,1,1,2,595,1,2g,1,m,2xn,obi,1,z,1,pr,3,2,1,1osq,3m3,w,3a
37 fz,1v,5bm,m,7m,1,2qp,o8j,2b,1,z,1,s,4,1,1phw,3lw,w,3a
38 bv,1,1,1,3s,8,22,58z,2i,2y9,obk,1,1pj6,3mi,w,3a
39 5r0,1,3g,ra7,1,ph,4,1seq,w,3a
3a 5r4,30,a9,2no,3,oa2,1,1t6u,w,3a
3b 5r5,30x,1,2hgz,w,3a
3c 5u5,s09,1,1,1,1sem,w,3a
3d ge,1,1s,5m7,1,rq3,1sem,w,3a
3e c5,1,32,1,r,28,1,58x,2c,o,2xp,1,j,ocn,1t43,w,3a
`;
