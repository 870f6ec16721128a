/** A private key that can be used and not read: a local file here, a KMS key in production. */
export interface Signer {
  /** First 16 hex digits of the SHA-256 of the raw public key. */
  keyId: string;
  /** `ed25519:<base64 of the 32 raw bytes>` */
  publicKey: string;
  /** Ed25519 over the bytes themselves, 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
