import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.knn.plugin.KNNPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * OpenSearch node with its plugins on the class path, on a free local port.
 *
 * <p>The node writes its port to the file {@code port} in the given folder. It stops when its standard input
 * closes, so that it never outlives the process that started it.
 */
public final class Server extends Node {
    private static final String NAME = "tests";

    private Server(Environment environment) {
        super(
            environment,
            List.of(Netty4Plugin.class, ReindexPlugin.class, PainlessPlugin.class, KNNPlugin.class),
            false);
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Files.createDirectories(home.resolve("config"));
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("cluster.name", NAME)
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> NAME);
        Server server = new Server(environment);
        server.start();
        writePort(server, home);
        while (System.in.read() != -1) {
            // Nothing is written to standard input. Reading returns -1 when the parent process ends.
        }
        server.close();
        System.exit(0);
    }

    private static void writePort(Server server, Path home) throws Exception {
        int port = server.injector().getInstance(HttpServerTransport.class)
            .boundAddress().publishAddress().getPort();
        Path written = Files.writeString(home.resolve("port.new"), Integer.toString(port));
        Files.move(written, home.resolve("port"), StandardCopyOption.ATOMIC_MOVE);
    }
}
