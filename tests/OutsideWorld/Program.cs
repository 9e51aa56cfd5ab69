namespace OutsideWorld;

/// <summary>
/// Started by hand or by the drills: pretends to be outside companies on the address that it is given.
/// <c>--cities FILE</c> (or CITIES_FILE) serves the city register, <c>--generate N</c> a stand-in of N rows for it.
/// </summary>
public static class Program
{
    public static async Task Main(string[] args)
    {
        var address = args is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : "http://127.0.0.1:0";
        await using var server = await OutsideWorldServer.StartAsync(address);
        if (Option(args, "--generate") is { } rows)
        {
            server.Datasets.Put(CityRegister.Name, CityRegister.Generate(int.Parse(rows)));
        }
        else if ((Option(args, "--cities") ?? Environment.GetEnvironmentVariable("CITIES_FILE")) is { Length: > 0 } file)
        {
            server.Datasets.Put(CityRegister.Name, CityRegister.FromFile(file));
        }

        Console.WriteLine(server.Address);
        Console.WriteLine($"TLS {server.TlsAddress}, HTTP/2 {server.Http2Address}, {server.Datasets.Find(CityRegister.Name)?.Count ?? 0} cities");
        await server.WaitAsync();
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
