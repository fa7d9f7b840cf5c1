import { privateKeyToAddress } from 'viem/accounts';
console.log(privateKeyToAddress(`0x${'7e57'.repeat(16)}`));
