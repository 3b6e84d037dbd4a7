<?php
/**
 * The present request.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * What PHP was given becomes the request that was signed, or is refused.
 */
final class Test_Request_Reader extends TestCase {

	private const SERVER = array(
		'REQUEST_METHOD'            => 'POST',
		'REQUEST_URI'               => '/wp-json/wp/v2/posts?a=%20b',
		'HTTP_HOST'                 => 'Site.example:443',
		'CONTENT_TYPE'              => 'application/json',
		'HTTP_AI_AGENT_ACTING_USER' => '7',
		'HTTP_SIGNATURE_INPUT'      => 'sig1=();tag="ai-agent"',
		'argc'                      => 1,
	);

	/**
	 * Reads method, target, headers and body.
	 */
	public function test_reads(): void {
		$GLOBALS['chaperone_test_ssl'] = true;
		$message                       = self::message( array() );
		$GLOBALS['chaperone_test_ssl'] = false;
		$this->assertSame( 'POST', $message->component( '@method' ) );
		$this->assertSame( 'site.example', $message->component( '@authority' ) );
		$this->assertSame( '/wp-json/wp/v2/posts', $message->component( '@path' ) );
		$this->assertSame( '?a=%20b', $message->component( '@query' ) );
		$this->assertSame( 'application/json', $message->component( 'content-type' ) );
		$this->assertSame( '7', $message->component( 'ai-agent-acting-user' ) );
		$this->assertSame( 'body', $message->body() );
		$this->assertNull( $message->component( 'authorization' ) );
		$this->assertSame( 'site.example:443', self::message( array() )->component( '@authority' ) );
	}

	/**
	 * Apache hands Authorization on under another name when it runs PHP as CGI.
	 */
	public function test_reads_authorization_behind_a_redirect(): void {
		$this->assertSame( 'Basic YTpi', self::message( array( 'REDIRECT_HTTP_AUTHORIZATION' => 'Basic YTpi' ) )->header( 'authorization' ) );
	}

	/**
	 * What could be two requests in one is refused.
	 *
	 * @dataProvider ambiguous
	 * @param array<string, string> $server Variables.
	 */
	public function test_refuses_ambiguity( array $server ): void {
		try {
			self::message( $server );
			$this->fail( 'it was read' );
		} catch ( Refusal $refusal ) {
			$this->assertSame( 'request_malformed', $refusal->reason() );
		}
	}

	/**
	 * Requests that could be read in two ways.
	 *
	 * @return array<string, array{array<string, string>}>
	 */
	public static function ambiguous(): array {
		return array(
			'two hosts'          => array( array( 'HTTP_HOST' => 'site.example, site.example' ) ),
			'no host'            => array( array( 'HTTP_HOST' => '' ) ),
			'two types'          => array( array( 'CONTENT_TYPE' => 'application/json, text/plain' ) ),
			'two users'          => array( array( 'HTTP_AI_AGENT_ACTING_USER' => '7, 1' ) ),
			'two credentials'    => array( array( 'HTTP_AUTHORIZATION' => 'Basic a, Basic b' ) ),
			'two keys'           => array( array( 'HTTP_IDEMPOTENCY_KEY' => 'a, b' ) ),
			'another method'     => array( array( 'HTTP_X_HTTP_METHOD_OVERRIDE' => 'DELETE' ) ),
			'an absolute target' => array( array( 'REQUEST_URI' => 'http://other.example/' ) ),
			'a fragment'         => array( array( 'REQUEST_URI' => '/a#b' ) ),
			'a lower method'     => array( array( 'REQUEST_METHOD' => 'post' ) ),
		);
	}

	/**
	 * Only signatures of this profile are claimed.
	 */
	public function test_claims(): void {
		$this->assertTrue( self::reader( array() )->claims_signature() );
		$this->assertTrue( self::reader( array( 'HTTP_SIGNATURE_INPUT' => 'nonsense tag="ai-agent"' ) )->claims_signature() );
		$this->assertFalse( self::reader( array( 'HTTP_SIGNATURE_INPUT' => 'sig1=();tag="web-bot-auth"' ) )->claims_signature() );
		$this->assertFalse( ( new Request_Reader( array(), 'strval' ) )->claims_signature() );
	}

	/**
	 * The request of a site.
	 *
	 * @param array<string, string> $server Variables that differ.
	 */
	private static function message( array $server ): Http_Message {
		return self::reader( $server )->message();
	}

	/**
	 * A reader of it.
	 *
	 * @param array<string, string> $server Variables that differ.
	 */
	private static function reader( array $server ): Request_Reader {
		return new Request_Reader(
			$server + self::SERVER,
			static function (): string {
				return 'body';
			}
		);
	}
}
