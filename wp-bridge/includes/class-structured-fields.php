<?php
/**
 * Structured fields (RFC 8941), as much of them as signatures need.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Reads structured fields in canonical form only: exactly the text that RFC 8941, section 4.1, would write.
 *
 * The lenient parser of the RFC keeps the last of two equal keys and overlooks spaces, leading zeros and padding bits, so
 * that two texts can mean one thing. What a signature speaks of must have one text; any other is refused here.
 *
 * @phpstan-type Bare_Item array{string, string|int}
 * @phpstan-type Parameters array<string, Bare_Item>
 * @phpstan-type Item array{Bare_Item, Parameters}
 */
final class Structured_Fields {

	/**
	 * The text being read.
	 *
	 * @var string
	 */
	private $text;

	/**
	 * Where the next read begins, in bytes.
	 *
	 * @var int
	 */
	private $at = 0;

	/**
	 * Starts at the first byte.
	 *
	 * @param string $text A field's value.
	 */
	private function __construct( string $text ) {
		$this->text = $text;
	}

	/**
	 * Reads a dictionary with exactly one member, which is a list of items with parameters (Signature-Input).
	 *
	 * @param string $field The field's value.
	 * @return array{label: string, items: list<Item>, parameters: Parameters, text: string}|null The member and the
	 *         text of its value, or null when the field is anything else.
	 */
	public static function only_inner_list( string $field ): ?array {
		$reader = new self( $field );
		$label  = $reader->take( '[a-z*][a-z0-9_.*-]*' );
		if ( null === $label || null === $reader->take( '=\(' ) ) {
			return null;
		}
		$start = strlen( $label ) + 1;
		$items = $reader->items();
		if ( null === $items ) {
			return null;
		}
		$parameters = $reader->parameters();
		if ( null === $parameters || ! $reader->is_at_end() ) {
			return null;
		}
		return array(
			'label'      => $label,
			'items'      => $items,
			'parameters' => $parameters,
			'text'       => substr( $field, $start ),
		);
	}

	/**
	 * Reads a dictionary whose members are byte sequences without parameters (Signature, Content-Digest).
	 *
	 * @param string $field     The field's value.
	 * @param string $separator What may stand between two members, as a regular expression.
	 * @return array<string, string>|null Bytes by key, or null when the field is anything else or a key comes twice.
	 */
	public static function byte_sequences( string $field, string $separator ): ?array {
		$reader = new self( $field );
		$found  = array();
		do {
			$key = $reader->take( '[a-z*][a-z0-9_.*-]*' );
			if ( null === $key || isset( $found[ $key ] ) || null === $reader->take( '=' ) ) {
				return null;
			}
			$value = $reader->bare_item();
			if ( null === $value || 'bytes' !== $value[0] ) {
				return null;
			}
			$found[ $key ] = (string) $value[1];
		} while ( null !== $reader->take( $separator ) );
		return $reader->is_at_end() ? $found : null;
	}

	/**
	 * Items of an inner list, from behind its opening parenthesis to behind the closing one.
	 *
	 * @return list<Item>|null
	 * @phpstan-impure
	 */
	private function items(): ?array {
		$items = array();
		if ( null !== $this->take( '\)' ) ) {
			return $items;
		}
		do {
			$bare       = $this->bare_item();
			$parameters = null === $bare ? null : $this->parameters();
			if ( null === $bare || null === $parameters ) {
				return null;
			}
			$items[] = array( $bare, $parameters );
		} while ( null !== $this->take( ' ' ) );
		return null === $this->take( '\)' ) ? null : $items;
	}

	/**
	 * Parameters by name, or null when they aren't canonical or one comes twice.
	 *
	 * @return Parameters|null
	 * @phpstan-impure
	 */
	private function parameters(): ?array {
		$parameters = array();
		while ( null !== $this->take( ';' ) ) {
			$key = $this->take( '[a-z*][a-z0-9_.*-]*' );
			if ( null === $key || isset( $parameters[ $key ] ) ) {
				return null;
			}
			$value = array( 'boolean', '?1' );
			if ( null !== $this->take( '=(?!\?1)' ) ) {
				$value = $this->bare_item();
			}
			if ( null === $value ) {
				return null;
			}
			$parameters[ $key ] = $value;
		}
		return $parameters;
	}

	/**
	 * One bare item as its type and value. Types that no signature has a use for keep their text as the value.
	 *
	 * @return Bare_Item|null
	 * @phpstan-impure
	 */
	private function bare_item(): ?array {
		$string = $this->take( '"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\\\["\\\\])*"' );
		if ( null !== $string ) {
			return array( 'string', (string) preg_replace( '/\\\\(.)/', '$1', substr( $string, 1, -1 ) ) );
		}
		$bytes = $this->take( ':[A-Za-z0-9+\/]*={0,2}:' );
		if ( null !== $bytes ) {
			return self::bytes( substr( $bytes, 1, -1 ) );
		}
		$decimal = $this->take( '-?(?:0|[1-9][0-9]{0,11})\.(?:[0-9]{0,2}[1-9]|0)(?![0-9])' );
		if ( null !== $decimal ) {
			return array( 'decimal', $decimal );
		}
		$integer = $this->take( '(?:0|-?[1-9][0-9]{0,14})(?![0-9.])' );
		if ( null !== $integer ) {
			return array( 'integer', (int) $integer );
		}
		$other = $this->take( '\?[01]|@-?[0-9]{1,15}(?![0-9.])|[A-Za-z*][!#$%&\'*+.^_`|~0-9A-Za-z:\/-]*' );
		return null === $other ? null : array( 'other', $other );
	}

	/**
	 * Base64 that is written the one way it can be: padded, and with no bits left over.
	 *
	 * @param string $base64 The text between the colons.
	 * @return Bare_Item|null
	 */
	private static function bytes( string $base64 ): ?array {
		$bytes = base64_decode( $base64, true );
		if ( false === $bytes || base64_encode( $bytes ) !== $base64 ) {
			return null;
		}
		return array( 'bytes', $bytes );
	}

	/**
	 * Takes what matches at this very place, and moves behind it.
	 *
	 * @param string $pattern A regular expression without delimiters or anchors; `~` is escaped here.
	 * @phpstan-impure
	 */
	private function take( string $pattern ): ?string {
		$regex = '~\G(?:' . str_replace( '~', '\x7e', $pattern ) . ')~';
		if ( 1 !== preg_match( $regex, $this->text, $found, 0, $this->at ) ) {
			return null;
		}
		$this->at += strlen( $found[0] );
		return $found[0];
	}

	/**
	 * Whether everything was read.
	 */
	private function is_at_end(): bool {
		return strlen( $this->text ) === $this->at;
	}
}
