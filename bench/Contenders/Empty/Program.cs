// The least that starting a NativeAOT program costs on this machine.
return 0;
