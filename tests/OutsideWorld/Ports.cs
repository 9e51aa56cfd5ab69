using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OutsideWorld;

/// <summary>Ports for programs that a test starts, and that must know theirs beforehand.</summary>
public static class Ports
{
    // Below those that the system gives to outgoing connections: one of these could take the port before the program does.
    private const int Lowest = 20000;
    private const int Highest = 32000;

    public static int Free()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(Lowest, Highest));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody has it; another one then.
            }
        }
    }
}
