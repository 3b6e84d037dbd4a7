<?php // Stands for the file of this name in WordPress, which PHPStan wants to see exist.
