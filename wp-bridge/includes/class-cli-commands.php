<?php
/**
 * WP-CLI.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Adds `wp chaperone …`. Each command asks the site's own REST route as the user of `--user`, so the same checks hold as
 * for the screens: this site's capability, then the sidecar's. Without `--user` nothing is asked.
 *
 * @phpstan-import-type Command from Cli_Table
 * @phpstan-import-type Option from Cli_Table
 */
final class Cli_Commands {

	private const LONGEST_FILE = 2097152;
	private const MANY         = 10;

	/**
	 * Adds the commands.
	 */
	public function register(): void {
		foreach ( Cli_Table::commands() as $name => $command ) {
			\WP_CLI::add_command(
				'chaperone ' . $name,
				function ( array $args, array $options ) use ( $command ): void {
					$this->run( $command, array_map( 'strval', array_values( $args ) ), $options );
				},
				array(
					'shortdesc' => $command['about'],
					'synopsis'  => self::synopsis( $command ),
				)
			);
		}
	}

	/**
	 * What a command takes.
	 *
	 * @param array<string, mixed> $command Command.
	 * @phpstan-param Command $command
	 * @return list<array<string, mixed>>
	 */
	private static function synopsis( array $command ): array {
		$synopsis = array();
		foreach ( $command['args'] ?? array() as $name => $about ) {
			$synopsis[] = array(
				'type'        => 'positional',
				'name'        => $name,
				'description' => $about,
			);
		}
		foreach ( $command['options'] ?? array() as $name => $option ) {
			$synopsis[] = array(
				'type'        => 'flag' === ( $option['type'] ?? 'text' ) ? 'flag' : 'assoc',
				'name'        => $name,
				'description' => $option['about'],
				'optional'    => empty( $option['required'] ),
			);
		}
		if ( isset( $command['confirm'] ) ) {
			$synopsis[] = array(
				'type'        => 'flag',
				'name'        => 'yes',
				'description' => 'Asks no questions.',
				'optional'    => true,
			);
		}
		$synopsis[] = array(
			'type'        => 'assoc',
			'name'        => 'format',
			'description' => 'How the answer is printed.',
			'optional'    => true,
			'default'     => 'table',
			'options'     => array( 'table', 'json', 'csv', 'yaml' ),
		);
		return $synopsis;
	}

	/**
	 * Runs a command: asks, prints, and ends with an error where it was refused.
	 *
	 * @param array<string, mixed> $command Command.
	 * @phpstan-param Command $command
	 * @param list<string>         $args    Positional arguments.
	 * @param array<string, mixed> $options Options, as WP-CLI gives them.
	 */
	private function run( array $command, array $args, array $options ): void {
		if ( ! is_user_logged_in() ) {
			\WP_CLI::error( 'Say who you are with --user=<login>: what you may do depends on it, and the audit log names you.' );
		}
		$request = $this->request( $command, $args, $options );
		if ( isset( $command['confirm'] ) ) {
			\WP_CLI::confirm( $command['confirm'], $options );
		}
		$response = rest_do_request( $request );
		$answer   = (string) wp_json_encode( $response->get_data(), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
		$data     = json_decode( $answer, true );
		$data     = is_array( $data ) ? $data : array();
		if ( $response->is_error() || $response->get_status() >= 400 ) {
			$this->refused( $data );
		}
		$format = is_string( $options['format'] ?? null ) ? $options['format'] : 'table';
		if ( 'json' === $format ) {
			\WP_CLI::line( $answer );
		} else {
			$this->show( $command, $data, $format );
		}
		$is_bad = ! empty( $data['problems'] ) || false === ( $data['ok'] ?? null );
		if ( $is_bad ) {
			\WP_CLI::halt( 1 );
		}
	}

	/**
	 * The route's request.
	 *
	 * @param array<string, mixed> $command Command.
	 * @phpstan-param Command $command
	 * @param list<string>         $args    Positional arguments.
	 * @param array<string, mixed> $given   Options.
	 */
	private function request( array $command, array $args, array $given ): \WP_REST_Request {
		$route   = vsprintf( $command['route'], array_map( 'rawurlencode', $args ) );
		$request = new \WP_REST_Request( $command['method'], '/' . Bridge_Controller::REST_NAMESPACE . $route );
		$query   = array();
		$body    = $command['fixed'] ?? array();
		foreach ( $command['options'] ?? array() as $name => $option ) {
			if ( ! array_key_exists( $name, $given ) ) {
				continue;
			}
			$value = $this->value( $name, $option['type'] ?? 'text', $given[ $name ] );
			$field = 'file' === $name ? 'document' : lcfirst( str_replace( '-', '', ucwords( $name, '-' ) ) );
			if ( 'query' === ( $option['in'] ?? 'body' ) ) {
				$query[ $field ] = $value;
			} else {
				$body[ $field ] = $value;
			}
		}
		$request->set_query_params( $query );
		if ( 'GET' !== $command['method'] && 'DELETE' !== $command['method'] ) {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_header( 'Idempotency-Key', bin2hex( random_bytes( 16 ) ) );
			$request->set_body( (string) wp_json_encode( (object) $body ) );
		}
		return $request;
	}

	/**
	 * An option's value as the sidecar takes it.
	 *
	 * @param string $name  Its name.
	 * @param string $type  Its type.
	 * @param mixed  $given What was typed.
	 * @return mixed
	 */
	private function value( string $name, string $type, $given ) {
		$text = is_string( $given ) ? $given : '';
		switch ( $type ) {
			case 'flag':
				return (bool) $given;
			case 'number':
				if ( 1 !== preg_match( '/^[0-9]{1,15}\z/', $text ) ) {
					\WP_CLI::error( "--$name must be a number." );
				}
				return (int) $text;
			case 'list':
				return array_values( array_diff( array_map( 'trim', explode( ',', $text ) ), array( '' ) ) );
			case 'json':
				$value = json_decode( $text );
				if ( null === $value ) {
					\WP_CLI::error( "--$name must be JSON." );
				}
				return $value;
			case 'file':
				return $this->file( $text );
			default:
				return $text;
		}
	}

	/**
	 * A file's text.
	 *
	 * @param string $file Its name; - is standard input.
	 */
	private function file( string $file ): string {
		$text = '-' !== $file && ! is_file( $file ) ? false : file_get_contents( '-' === $file ? 'php://stdin' : $file, false, null, 0, self::LONGEST_FILE ); // phpcs:ignore WordPress.WP.AlternativeFunctions.file_get_contents_file_get_contents -- A file of the person at the terminal.
		if ( false === $text ) {
			\WP_CLI::error( "The file can't be read: $file" );
		}
		return (string) $text;
	}

	/**
	 * Ends with what was refused, every mistake with its place, and what to do next.
	 *
	 * @param array<mixed> $problem A problem document, or a WP_Error as REST shows it.
	 * @return never
	 */
	private function refused( array $problem ) {
		if ( is_array( $problem['problems'] ?? null ) ) {
			$this->show_problems( $problem['problems'] );
		}
		$words = array_unique( array_diff( array( self::text( $problem['title'] ?? '' ), self::text( $problem['message'] ?? $problem['detail'] ?? '' ) ), array( '' ) ) );
		\WP_CLI::error( sprintf( '%s (%s)', implode( ' ', $words ), self::text( $problem['code'] ?? 'unknown' ) ) );
	}

	/**
	 * Prints an answer.
	 *
	 * @param array<string, mixed> $command Command.
	 * @phpstan-param Command $command
	 * @param array<mixed>         $data    Answer.
	 * @param string               $format  Format.
	 */
	private function show( array $command, array $data, string $format ): void {
		$items = $data[ $command['items'] ?? 'items' ] ?? null;
		if ( isset( $command['columns'] ) && is_array( $items ) ) {
			$this->show_list( $command['columns'], ( $command['items'] ?? '' ) === 'settings' ? self::settings( $data ) : $items, $format );
		} elseif ( is_array( $data['problems'] ?? null ) ) {
			$this->show_problems( $data['problems'] );
			$this->show_problems( is_array( $data['warnings'] ?? null ) ? $data['warnings'] : array(), 'warning: ' );
			\WP_CLI::log( sprintf( '%d problems.', count( $data['problems'] ) ) );
		} else {
			$this->show_one( $data, $format );
		}
		if ( is_string( $data['nextCursor'] ?? null ) ) {
			\WP_CLI::log( 'There is more: --cursor=' . $data['nextCursor'] );
		}
		if ( isset( $command['once'] ) ) {
			\WP_CLI::warning( $command['once'] );
		}
	}

	/**
	 * Prints mistakes of a document, each with its place.
	 *
	 * @param array<mixed> $problems Mistakes.
	 * @param string       $kind     What stands before each.
	 */
	private function show_problems( array $problems, string $kind = '' ): void {
		foreach ( $problems as $each ) {
			$each  = is_array( $each ) ? $each : array();
			$place = isset( $each['line'] ) ? self::text( $each['line'] ) . ':' . self::text( $each['column'] ?? '' ) : self::text( $each['pointer'] ?? '' );
			\WP_CLI::log( $place . '  ' . $kind . self::text( $each['message'] ?? '' ) );
		}
	}

	/**
	 * Settings as a list.
	 *
	 * @param array<mixed> $data Settings by name, and what is known about each.
	 * @return list<array<string, mixed>>
	 */
	private static function settings( array $data ): array {
		$rows = array(
			array(
				'name'  => '(version)',
				'value' => $data['version'] ?? '',
			),
		);
		foreach ( is_array( $data['settings'] ?? null ) ? $data['settings'] : array() as $name => $value ) {
			$rows[] = array(
				'name'     => $name,
				'value'    => $value,
				'fixed by' => $data['about'][ $name ]['by'] ?? '',
			);
		}
		return $rows;
	}

	/**
	 * Prints a list; an empty one says so.
	 *
	 * @param list<string> $columns Columns.
	 * @param array<mixed> $items   Items.
	 * @param string       $format  Format.
	 */
	private function show_list( array $columns, array $items, string $format ): void {
		if ( array() === $items && 'table' === $format ) {
			\WP_CLI::log( 'There is none.' );
			return;
		}
		$rows = array();
		foreach ( $items as $item ) {
			$row = array();
			foreach ( $columns as $column ) {
				$row[ $column ] = self::text( is_array( $item ) ? $item[ $column ] ?? '' : '' );
			}
			$rows[] = $row;
		}
		\WP_CLI\Utils\format_items( $format, $rows, $columns );
	}

	/**
	 * Prints an object as fields and values; a text of many lines stands by itself, as it is.
	 *
	 * @param array<mixed> $data   Object.
	 * @param string       $format Format.
	 */
	private function show_one( array $data, string $format ): void {
		$rows  = array();
		$texts = array();
		foreach ( $data as $field => $value ) {
			$many = is_array( $value ) && count( $value ) > self::MANY && array_key_exists( 0, $value );
			$text = $many ? sprintf( '(%d of them: --format=json)', count( $value ) ) : self::text( $value );
			if ( 'table' === $format && false !== strpos( $text, "\n" ) ) {
				$texts[] = $text;
				continue;
			}
			$rows[] = array(
				'field' => (string) $field,
				'value' => $text,
			);
		}
		\WP_CLI\Utils\format_items( $format, $rows, array( 'field', 'value' ) );
		foreach ( $texts as $text ) {
			\WP_CLI::line( $text );
		}
	}

	/**
	 * A value as people read it. Control characters, which an agent's text could hold, never reach the terminal.
	 *
	 * @param mixed $value Value.
	 */
	private static function text( $value ): string {
		if ( is_bool( $value ) ) {
			return $value ? 'yes' : 'no';
		}
		if ( is_array( $value ) && is_string( $value['login'] ?? null ) ) {
			$value = $value['login'];
		}
		$text = is_scalar( $value ) ? (string) $value : ( null === $value ? '' : (string) wp_json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
		return (string) preg_replace( '/[^\P{C}\n\t]/u', '', $text );
	}
}
