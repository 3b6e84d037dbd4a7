<?php
/**
 * What a request says about its own signature.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Signature-Input and Signature in the right types, believed by nobody yet.
 *
 * @phpstan-import-type Item from Structured_Fields
 * @phpstan-import-type Parameters from Structured_Fields
 */
final class Signature_Claim {

	/**
	 * Longer than any honest signature of this profile; bounds the work on what nobody has authenticated.
	 */
	private const MAX_INPUT_BYTES     = 4096;
	private const MAX_SIGNATURE_BYTES = 1024;

	private const DERIVED             = array( '@method', '@authority', '@path', '@query' );
	private const REQUIRED_PARAMETERS = array( 'created', 'expires', 'nonce', 'keyid', 'tag' );

	/**
	 * Names of what is covered, in order.
	 *
	 * @var list<string>
	 */
	public $components = array();

	/**
	 * The member's text: the value of `@signature-params`.
	 *
	 * @var string
	 */
	public $parameters_text = '';

	/**
	 * Parameters by name, each of the right type.
	 *
	 * @var array{created: int, expires: int, nonce: string, keyid: string, alg: string|null}
	 */
	public $parameters = array(
		'created' => 0,
		'expires' => 0,
		'nonce'   => '',
		'keyid'   => '',
		'alg'     => null,
	);

	/**
	 * The signature's bytes.
	 *
	 * @var string
	 */
	public $signature = '';

	/**
	 * Whether a request claims a signature of this profile. Signatures made for other applications are left to them.
	 * In a structured field there is one way to write this parameter, so the text can be looked for as it is.
	 *
	 * @param string $input_field Signature-Input.
	 */
	public static function is_made( string $input_field ): bool {
		return false !== strpos( $input_field, 'tag="' . Signature_Profile::TAG . '"' );
	}

	/**
	 * Reads exactly one signature, under any label.
	 *
	 * @param string $input_field     Signature-Input.
	 * @param string $signature_field Signature.
	 * @throws Refusal With `request_malformed` or `signature_coverage`.
	 */
	public static function parse( string $input_field, string $signature_field ): self {
		if ( strlen( $input_field ) > self::MAX_INPUT_BYTES || strlen( $signature_field ) > self::MAX_SIGNATURE_BYTES ) {
			throw new Refusal( 'request_malformed', 'Signature-Input or Signature is too long.' );
		}
		$input = Structured_Fields::only_inner_list( $input_field );
		if ( null === $input ) {
			throw new Refusal( 'request_malformed', 'Signature-Input must hold exactly one member, a list in canonical form.' );
		}
		$signatures = Structured_Fields::byte_sequences( $signature_field, '(?!)' );
		if ( null === $signatures || array_keys( $signatures ) !== array( $input['label'] ) ) {
			throw new Refusal( 'request_malformed', 'Signature must hold exactly the member that Signature-Input names.' );
		}
		$claim                  = new self();
		$claim->components      = self::components( $input['items'] );
		$claim->parameters      = self::parameters( $input['parameters'] );
		$claim->parameters_text = $input['text'];
		$claim->signature       = $signatures[ $input['label'] ];
		return $claim;
	}

	/**
	 * Names of covered components. A component with parameters is another component: `"@method";req` isn't `"@method"`.
	 *
	 * @param list<Item> $items Members of the inner list.
	 * @return list<string>
	 * @throws Refusal With `request_malformed` or `signature_coverage`.
	 */
	private static function components( array $items ): array {
		$names = array();
		foreach ( $items as list( list( $type, $name ), $parameters ) ) {
			if ( 'string' !== $type || ! is_string( $name ) ) {
				throw new Refusal( 'request_malformed', 'A covered component must be a string.' );
			}
			if ( ! self::is_known_component( $name ) ) {
				throw new Refusal( 'signature_coverage', 'A covered component is not one that this service knows.' );
			}
			if ( array() !== $parameters ) {
				throw new Refusal( 'signature_coverage', "The component \"$name\" must not have parameters." );
			}
			if ( in_array( $name, $names, true ) ) {
				throw new Refusal( 'request_malformed', "The component \"$name\" is covered twice." );
			}
			$names[] = $name;
		}
		return $names;
	}

	/**
	 * Whether this profile can sign a component. Covering the signature's own fields would make it speak of itself.
	 *
	 * @param string $name Component name.
	 */
	private static function is_known_component( string $name ): bool {
		if ( in_array( $name, self::DERIVED, true ) ) {
			return true;
		}
		$is_field = 1 === preg_match( '/^[!#$%&\'*+\-.^_`|~0-9a-z]+\z/', $name );
		return $is_field && 'signature' !== $name && 'signature-input' !== $name;
	}

	/**
	 * The signature's parameters, checked in type and form.
	 *
	 * @param Parameters $given Parameters as read.
	 * @return array{created: int, expires: int, nonce: string, keyid: string, alg: string|null}
	 * @throws Refusal With `request_malformed` or `signature_coverage`.
	 */
	private static function parameters( array $given ): array {
		foreach ( self::REQUIRED_PARAMETERS as $name ) {
			if ( ! isset( $given[ $name ] ) ) {
				throw new Refusal( 'signature_coverage', "The parameter \"$name\" is missing." );
			}
		}
		if ( array() !== array_diff( array_keys( $given ), self::REQUIRED_PARAMETERS, array( 'alg' ) ) ) {
			throw new Refusal( 'request_malformed', 'A parameter is not part of this profile.' );
		}
		$parameters = array(
			'created' => self::seconds( $given['created'] ),
			'expires' => self::seconds( $given['expires'] ),
			'nonce'   => self::text( 'nonce', $given['nonce'] ),
			'keyid'   => self::text( 'keyid', $given['keyid'] ),
			'alg'     => isset( $given['alg'] ) ? self::text( 'alg', $given['alg'] ) : null,
		);
		if ( 1 !== preg_match( Signature_Profile::NONCE_PATTERN, $parameters['nonce'] ) ) {
			throw new Refusal( 'request_malformed', '"nonce" must be 16 to 128 printable ASCII characters without quotes or backslashes.' );
		}
		if ( array( 'string', Signature_Profile::TAG ) !== $given['tag'] ) {
			throw new Refusal( 'signature_coverage', 'The parameter "tag" must be "' . Signature_Profile::TAG . '".' );
		}
		return $parameters;
	}

	/**
	 * Seconds since the epoch.
	 *
	 * @param array{string, string|int} $value Bare item.
	 * @throws Refusal With `request_malformed`.
	 */
	private static function seconds( array $value ): int {
		if ( 'integer' !== $value[0] || ! is_int( $value[1] ) || $value[1] < 0 ) {
			throw new Refusal( 'request_malformed', '"created" and "expires" must be integers.' );
		}
		return $value[1];
	}

	/**
	 * A string.
	 *
	 * @param string                    $name  The parameter's name.
	 * @param array{string, string|int} $value Bare item.
	 * @throws Refusal With `request_malformed`.
	 */
	private static function text( string $name, array $value ): string {
		if ( 'string' !== $value[0] || ! is_string( $value[1] ) ) {
			throw new Refusal( 'request_malformed', "\"$name\" must be a string." );
		}
		return $value[1];
	}
}
