<?php
// Router of `php -S`: PHP's SoapServer with the WSDL named by the path: /rpc-encoded, /rpc-literal, /document. Run by scripts/php-server.ts.
ini_set('soap.wsdl_cache_enabled', '0');
ini_set('display_errors', '0');

$style = basename(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if (!in_array($style, ['rpc-encoded', 'rpc-literal', 'document'], true)) {
    http_response_code(404);
    return;
}
$address = 'http://' . $_SERVER['HTTP_HOST'] . '/' . $style;
$wsdl = str_replace('{{address}}', $address, file_get_contents(__DIR__ . "/$style.wsdl"));
if (isset($_GET['wsdl'])) {
    header('Content-Type: text/xml; charset=utf-8');
    echo $wsdl;
    return;
}
if (isset($_GET['require']) && ($_SERVER['HTTP_AUTHORIZATION'] ?? '') !== 'Basic ' . $_GET['require']) {
    http_response_code(401);
    return;
}

class Warehouse
{
    public function add($a, $b)
    {
        return $a + $b;
    }

    public function echoOrder($order)
    {
        $order->id = $order->id + 1;
        return $order;
    }

    public function fail($reason)
    {
        $detail = new stdClass();
        $detail->reason = $reason;
        throw new SoapFault('Server', "failed: $reason", null, $detail);
    }
}

/** Document/literal: one wrapper comes in and one goes out. */
class DocumentWarehouse
{
    public function add($parameters)
    {
        return ['sum' => $parameters->a + $parameters->b];
    }

    public function echoOrder($parameters)
    {
        $parameters->order->id = $parameters->order->id + 1;
        return ['order' => $parameters->order];
    }

    public function fail($parameters)
    {
        throw new SoapFault('Server', 'failed: ' . $parameters->reason, null, ['reason' => $parameters->reason]);
    }
}

$file = tempnam(sys_get_temp_dir(), 'wsdl');
file_put_contents($file, $wsdl);
$server = new SoapServer($file, ['features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$server->setClass($style === 'document' ? 'DocumentWarehouse' : 'Warehouse');
$server->handle();
unlink($file);
