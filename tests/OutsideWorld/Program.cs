namespace OutsideWorld;

/// <summary>Started by hand or by the drills: pretends to be outside companies on the address that it is given.</summary>
public static class Program
{
    public static async Task Main(string[] args)
    {
        await using var server = await OutsideWorldServer.StartAsync(args.Length > 0 ? args[0] : "http://127.0.0.1:0");
        Console.WriteLine(server.Address);
        await server.WaitAsync();
    }
}
