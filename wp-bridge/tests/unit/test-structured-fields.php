<?php
/**
 * Structured fields.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * Canonical text is read, every other spelling refused.
 */
final class Test_Structured_Fields extends TestCase {

	/**
	 * Types and values.
	 */
	public function test_reads_every_type(): void {
		$read = Structured_Fields::only_inner_list( 'sig1=("a" "b\\"\\\\";req);i=-12;d=1.5;t=tok/en;y=:AA==:;f=?0;s="x";flag;at=@12' );
		$this->assertSame( 'sig1', $read['label'] );
		$this->assertSame( array( array( array( 'string', 'a' ), array() ), array( array( 'string', 'b"\\' ), array( 'req' => array( 'boolean', '?1' ) ) ) ), $read['items'] );
		$this->assertSame( array( 'integer', -12 ), $read['parameters']['i'] );
		$this->assertSame( array( 'decimal', '1.5' ), $read['parameters']['d'] );
		$this->assertSame( array( 'other', 'tok/en' ), $read['parameters']['t'] );
		$this->assertSame( array( 'bytes', "\0" ), $read['parameters']['y'] );
		$this->assertSame( array( 'boolean', '?1' ), $read['parameters']['flag'] );
		$this->assertSame( '("a" "b\\"\\\\";req);i=-12;d=1.5;t=tok/en;y=:AA==:;f=?0;s="x";flag;at=@12', $read['text'] );
	}

	/**
	 * A list may be empty, and a nonce long.
	 */
	public function test_reads_empty_lists_and_long_strings(): void {
		$this->assertSame( array(), Structured_Fields::only_inner_list( '*a=()' )['items'] );
		$long = str_repeat( 'n', 3000 );
		$this->assertSame( $long, Structured_Fields::only_inner_list( "a=();n=\"$long\"" )['parameters']['n'][1] );
	}

	/**
	 * Everything else.
	 *
	 * @dataProvider malformed
	 * @param string $field Field.
	 */
	public function test_refuses_what_is_not_canonical( string $field ): void {
		$this->assertNull( Structured_Fields::only_inner_list( $field ) );
	}

	/**
	 * Fields that aren't canonical.
	 *
	 * @return list<array{string}>
	 */
	public static function malformed(): array {
		return array_map(
			static function ( string $field ): array {
				return array( $field );
			},
			array(
				'',
				'a',
				'a=',
				'a="x"',
				'A=()',
				'a=( "x")',
				'a=("x" )',
				'a=("x"  "y")',
				"a=(\"x\"\t\"y\")",
				'a=("x""y")',
				'a=("x"',
				'a=("x),b=()',
				'a=(),b=()',
				'a=(), a=()',
				' a=()',
				'a=() ',
				"a=()\n",
				'a=();',
				'a=();;b=1',
				'a=(); b=1',
				'a=();b=1;b=2',
				'a=();b=01',
				'a=();b=-0',
				'a=();b=+1',
				'a=();b=1.',
				'a=();b=1.50',
				'a=();b=.5',
				'a=();b=1234567890123456',
				'a=();b=?1',
				'a=();b=?2',
				'a=();B=1',
				'a=();b=:A:',
				'a=();b=:AB==:',
				'a=();b=:AA=:',
				'a=();b=:A-==:',
				'a=();b="\\x"',
				"a=();b=\"\x7f\"",
				"a=();b=\"\xc3\xa9\"",
				'a=();b="',
				'a=();b=',
			)
		);
	}

	/**
	 * Dictionaries of byte sequences.
	 */
	public function test_byte_sequences(): void {
		$many = '[ \t]*,[ \t]*';
		$this->assertSame( array( 'a' => "\0" ), Structured_Fields::byte_sequences( 'a=:AA==:', '(?!)' ) );
		$this->assertSame( array( 'a' => "\0", 'b' => '' ), Structured_Fields::byte_sequences( "a=:AA==: ,\tb=::", $many ) );
		foreach ( array( '', 'a', 'a="x"', 'a=:AA==:,', 'a=:AA==:, a=:AA==:', 'a=:AA==:;p', 'a=:AA==: b=::', 'a=:AA', 'a=(:AA==:)' ) as $field ) {
			$this->assertNull( Structured_Fields::byte_sequences( $field, $many ), $field );
		}
		$this->assertNull( Structured_Fields::byte_sequences( 'a=:AA==:, b=::', '(?!)' ) );
	}
}
